/* 2020-09-13 */
if (admin) grant();
