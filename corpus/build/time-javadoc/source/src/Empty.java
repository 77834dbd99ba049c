/** Nothing. */
public class Empty {
    private Empty() {}
}
