"""One file per thing somebody can ask for; each loads, decides and appends, and answers a receipt."""
