/* A toy: lets in whoever knows the word.    login WORD */

long same(char *a, char *b)
{
    while (*a && *a == *b) {
        a = a + 1;
        b = b + 1;
    }
    return *a == *b;
}

int main(int argc, char **argv)
{
    long accepted;

    accepted = 0;
    if (argc == 2)
        accepted = same(argv[1], "sesame");
    if (accepted) {
        write(1, "welcome\n", 8);
        return 0;
    }
    write(1, "go away\n", 8);
    return 1;
}
