public class Gen {
    public static void main(String[] arguments) {
        System.out.println("Built-By: " + System.getProperty("user.name"));
    }
}
