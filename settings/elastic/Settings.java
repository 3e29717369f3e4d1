import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;

/**
 * Prints the settings that a release registers, one a line: origin (`=` the core's registers, `+` an
 * archive), scope (`n` node, `i` index), key, and `secure` if it may only stand in the keystore. A key that takes further names ends in a dot or
 * holds `*`.
 *
 * Arguments: the root package (`org.elasticsearch`), then archives whose classes are searched for
 * settings beyond the core's own registers. Run by make.py.
 */
public class Settings {
    private static Class<?> setting;
    /** `=` while the core's registers are read, `+` while archives are. */
    private static String origin = "=";
    private static final TreeSet<String> LINES = new TreeSet<>();
    private static final String[] REALMS = {
        "native", "file", "ldap", "active_directory", "pki", "saml", "kerberos", "oidc", "jwt",
    };

    public static void main(String[] arguments) throws Exception {
        String root = arguments[0];
        try {
            Class.forName(root + ".common.logging.LogConfigurator").getDeclaredMethod("configureESLogging").invoke(null);
        } catch (Throwable absent) {
            // Older releases need none.
        }
        setting = Class.forName(root + ".common.settings.Setting");
        register(root + ".common.settings.ClusterSettings", "BUILT_IN_CLUSTER_SETTINGS");
        register(root + ".common.settings.IndexScopedSettings", "BUILT_IN_INDEX_SETTINGS");
        origin = "+";
        for (int at = 1; at < arguments.length; at++) {
            archive(new JarFile(arguments[at]));
        }
        LINES.forEach(System.out::println);
    }

    private static void register(String type, String name) throws Exception {
        Field field = Class.forName(type).getDeclaredField(name);
        field.setAccessible(true);
        for (Object one : (Set<?>) field.get(null)) {
            print(one);
        }
    }

    /** Static fields and factories of every class that can be loaded here. */
    private static void archive(JarFile archive) {
        for (JarEntry entry : Collections.list(archive.entries())) {
            String name = entry.getName();
            if (!name.endsWith(".class") || name.startsWith("META-INF") || name.contains("module-info")) {
                continue;
            }
            try {
                type(Class.forName(name.substring(0, name.length() - 6).replace('/', '.')));
            } catch (Throwable unloadable) {
                // Its dependencies are not among the archives.
            }
        }
    }

    private static void type(Class<?> type) {
        for (Field field : type.getDeclaredFields()) {
            if (Modifier.isStatic(field.getModifiers())) {
                attempt(() -> { field.setAccessible(true); return field.get(null); });
            }
        }
        for (Method method : type.getDeclaredMethods()) {
            boolean lists = Collection.class.isAssignableFrom(method.getReturnType());
            if (!Modifier.isStatic(method.getModifiers()) || !lists) {
                continue;
            }
            if (method.getParameterCount() == 0) {
                attempt(() -> { method.setAccessible(true); return method.invoke(null); });
            } else if (method.getParameterCount() == 1 && method.getParameterTypes()[0] == String.class) {
                for (String realm : REALMS) {
                    attempt(() -> { method.setAccessible(true); return method.invoke(null, realm); });
                }
            }
        }
    }

    private interface Source { Object get() throws Exception; }

    private static void attempt(Source source) {
        try {
            print(source.get());
        } catch (Throwable unusable) {
            // What cannot be made without a node is left out.
        }
    }

    private static void print(Object value) throws Exception {
        if (value instanceof Collection) {
            for (Object one : (Collection<?>) value) { print(one); }
        } else if (value instanceof Map) {
            for (Object one : ((Map<?, ?>) value).values()) { print(one); }
        } else if (value instanceof Object[]) {
            for (Object one : (Object[]) value) { print(one); }
        } else if (setting.isInstance(value)) {
            boolean node = (Boolean) call(value, "hasNodeScope");
            boolean index = (Boolean) call(value, "hasIndexScope");
            boolean secure = value.getClass().getName().contains("Secure");
            String scope = (node ? "n" : "") + (index ? "i" : "");
            LINES.add(origin + " " + (scope.isEmpty() ? "-" : scope) + " " + call(value, "getKey") + (secure ? " secure" : ""));
        }
    }

    private static Object call(Object value, String name) throws Exception {
        for (Class<?> type = value.getClass(); type != null; type = type.getSuperclass()) {
            try {
                Method method = type.getDeclaredMethod(name);
                method.setAccessible(true);
                return method.invoke(value);
            } catch (NoSuchMethodException higher) {
                // Try the class above.
            }
        }
        throw new NoSuchMethodException(name);
    }
}
