enum role {
ROLE_USER = 0,
ROLE_ADMIN = 1,
ROLE_GUEST = 2,
ROLE_ROOT = 3
};
