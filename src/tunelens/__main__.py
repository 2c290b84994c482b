"""``python -m tunelens`` is the command line."""

from tunelens.cli.app import main

if __name__ == "__main__":
    main()
