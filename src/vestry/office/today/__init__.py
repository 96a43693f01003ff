"""What somebody should look at first: by what their work is."""
