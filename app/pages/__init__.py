"""What a browser is given beside the facts: styles and scripts of our own."""
