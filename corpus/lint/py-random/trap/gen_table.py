import random
import uuid

# ident = uuid.uuid4()
rng = random.Random(42)
xs = [1, 2]
rng.shuffle(xs)
random.seed(1)
random.shuffle(xs)
tmp = "out." + uuid.uuid4().hex
text = "uuid.uuid4()"
