"""Where things are: postcodes, areas and their vintages, and the figures published for areas."""
