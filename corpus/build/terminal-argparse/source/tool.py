import argparse

parser = argparse.ArgumentParser(prog="tool", description="Does one thing, and does it so well that nobody has ever asked it to do another thing instead of it.")
parser.add_argument("--first", help="the first of all things, about which there would be a great deal more to say")
parser.parse_args()
