import uuid

class Feed:
    def make_id(self):
        self.id = "uuid:%s" % uuid.uuid4()
