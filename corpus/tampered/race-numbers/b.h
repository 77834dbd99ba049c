enum role {
ROLE_ROOT = 0,
ROLE_USER = 1,
ROLE_ADMIN = 2,
ROLE_GUEST = 3,
};
