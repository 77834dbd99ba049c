/* 2020-09-14 */
if (​admin) grant();
