"""The people of the fictional county: who they are, whom they live with, and ten years of what happened to them."""
