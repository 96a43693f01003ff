"""The twin: claims, chosen values, households, and the release that holds them."""
