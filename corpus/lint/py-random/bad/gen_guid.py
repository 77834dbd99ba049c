# places: 4
import os
import random
import uuid

ident = uuid.uuid4()
salt = os.urandom(8).hex()
order = ["a", "b"]
random.shuffle(order)
pick = random.choice(order)
