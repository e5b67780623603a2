"""What every floor of the package uses: checks of arguments, files that are written whole."""
