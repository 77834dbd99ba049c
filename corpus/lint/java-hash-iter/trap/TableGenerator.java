import java.io.File;
import java.util.HashMap;
import java.util.Map;

class TableGenerator {
    void run(File dir, PrintWriter out) {
        Map<String, String> m = new HashMap<>();
        m.get("a");
        for (String k : m.keySet()) out.println(k);
        // for (File f : dir.listFiles()) out.println(f);
        for (File f : dir.listFiles()) f.delete();
        for (File f : dir.listFiles()) System.out.println("found " + f);
        for (File f : dir.listFiles()) {
            PrintWriter own = new PrintWriter(f);
            own.println(f);
        }
        String text = "for (File f : dir.listFiles()) out.println(f);";
    }
}
