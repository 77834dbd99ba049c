/* The smallest program that does something. */

int main(int argc, char **argv)
{
    write(1, "hello\n", 6);
    return 0;
}
