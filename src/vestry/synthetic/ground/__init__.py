"""The ground of the fictional county: a map that tiles, streets, postcodes and properties."""
