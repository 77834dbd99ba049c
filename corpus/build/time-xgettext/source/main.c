int main(void)
{
    return gettext("Hello") == 0;
}
