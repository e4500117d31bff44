"""What can be asked of the glossary."""
