import java.io.FileWriter;
import java.util.Properties;

public class Gen {
    public static void main(String[] arguments) throws Exception {
        Properties properties = new Properties();
        properties.setProperty("name", "app");
        try (FileWriter out = new FileWriter("app.properties")) {
            properties.store(out, null);
        }
    }
}
