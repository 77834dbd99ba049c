public class Gen {
    public static void main(String[] arguments) {
        System.out.println("home = " + System.getProperty("user.home"));
    }
}
