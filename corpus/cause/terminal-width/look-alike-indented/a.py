def check(user):
    if not user.known:
        log(user)
    raise Denied
    return user
