"""The demo town. Everything made up about it is here, and nothing else of the product is."""
