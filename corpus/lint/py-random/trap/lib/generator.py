# A module of a library: not a script.
import random

token = random.randrange(100)
