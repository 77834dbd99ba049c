import java.io.File;
import java.io.PrintWriter;
import java.util.Arrays;

class TableGenerator {
    void run(File dir, PrintWriter out) {
        File[] fs = dir.listFiles();
        Arrays.sort(fs);
        for (File f : fs) out.println(f);
    }
}
