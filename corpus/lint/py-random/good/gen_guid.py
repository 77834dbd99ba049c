import uuid

ident = uuid.uuid5(uuid.NAMESPACE_URL, "calc")
