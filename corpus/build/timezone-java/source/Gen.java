import java.util.TimeZone;

public class Gen {
    public static void main(String[] arguments) {
        System.out.println(TimeZone.getDefault().getRawOffset());
    }
}
