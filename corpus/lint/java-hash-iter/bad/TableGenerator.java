// places: 3
import java.io.File;
import java.io.PrintWriter;
import java.util.HashMap;
import java.util.Map;

class TableGenerator {
    private final Map<TypeElement, String> names = new HashMap<>();

    void run(File dir, PrintWriter out) {
        for (File f : dir.listFiles()) {
            out.println(f);
        }
        File[] all = dir.listFiles();
        for (File f : all) out.println(f.getName());
        for (TypeElement e : names.keySet()) {
            out.println(e);
        }
    }
}
