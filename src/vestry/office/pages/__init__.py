"""What every page of the office stands on: its frame, its words, its files, and the door that its values come through."""
