"""Plans made before training: their picture, and a page that holds them against what training measured."""
