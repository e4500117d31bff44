"""The only home of drivers; implements the ports that other packages own."""
