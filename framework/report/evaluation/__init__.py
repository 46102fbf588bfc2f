"""What the decisions of one model brought: tables of a page and of a terminal."""
