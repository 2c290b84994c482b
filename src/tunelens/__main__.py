"""``python -m tunelens`` is the command line."""

from tunelens.cli.launch import main

if __name__ == "__main__":
    main()
