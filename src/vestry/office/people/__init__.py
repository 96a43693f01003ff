"""Who may come in: people, what they are to whom, their training and passkeys; partners' systems beside them."""
