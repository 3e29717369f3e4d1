import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.encoder.Encoder;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.logging.log4j.core.StringLayout;
import org.apache.logging.log4j.core.config.DefaultConfiguration;
import org.apache.logging.log4j.core.impl.Log4jLogEvent;
import org.apache.logging.log4j.core.layout.GelfLayout;
import org.apache.logging.log4j.core.layout.JsonLayout;
import org.apache.logging.log4j.layout.template.json.JsonTemplateLayout;
import org.apache.logging.log4j.message.SimpleMessage;
import org.slf4j.LoggerFactory;

/**
 * What packages of Maven write and refuse: one line of JSON for each claim of libraries/java.yaml.
 *
 * Needs on the class path: ch.qos.logback:logback-classic 1.5.18, net.logstash.logback:logstash-logback-encoder 8.1,
 * co.elastic.logging:logback-ecs-encoder and log4j2-ecs-layout 1.7.0, de.siegmar:logback-gelf 6.1.1,
 * org.apache.logging.log4j:log4j-core and log4j-layout-template-json 2.25.2, io.opentelemetry:opentelemetry-sdk 1.54.0,
 * com.fasterxml.jackson.core:jackson-databind 2.19.2.
 */
public class Shown {
    static final ObjectMapper JSON = new ObjectMapper();

    static void tell(String kind, String api, String name, String version, String key, Object value) throws Exception {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("language", "java");
        line.put("kind", kind);
        line.put("api", api);
        line.put("package", name);
        line.put("version", version);
        line.put(key, value);
        System.out.println(JSON.writeValueAsString(line));
    }

    static void leaves(JsonNode node, String path, List<String> found) {
        if (!node.isObject()) {
            found.add(path);
            return;
        }
        node.fields().forEachRemaining(it -> leaves(it.getValue(), path.isEmpty() ? it.getKey() : path + "." + it.getKey(), found));
    }

    static void record(String api, String name, String version, String text) throws Exception {
        List<String> keys = new ArrayList<>();
        leaves(JSON.readTree(text), "", keys);
        tell("record", api, name, version, "keys", keys);
    }

    static void logback(String api, String name, String version, Encoder<ILoggingEvent> encoder) throws Exception {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        encoder.setContext(context);
        encoder.start();
        LoggingEvent event = new LoggingEvent("x", context.getLogger("shop.Cart"), Level.INFO, "bought", null, null);
        record(api, name, version, new String(encoder.encode(event), StandardCharsets.UTF_8));
    }

    static void log4j(String api, String name, String version, StringLayout layout) throws Exception {
        Log4jLogEvent event = Log4jLogEvent.newBuilder().setLoggerName("shop.Cart")
            .setLevel(org.apache.logging.log4j.Level.INFO).setMessage(new SimpleMessage("bought")).setTimeMillis(1).build();
        record(api, name, version, layout.toSerializable(event).toString());
    }

    static void twice(String api, Runnable set) throws Exception {
        GlobalOpenTelemetry.resetForTest();
        set.run();
        String what = "the second stands";
        try {
            set.run();
        } catch (IllegalStateException refused) {
            what = "throws";
        }
        tell("set-twice", api, "opentelemetry-api", "1.54.0", "what", what);
    }

    public static void main(String[] args) throws Exception {
        logback("LogstashEncoder", "logstash-logback-encoder", "8.1", new net.logstash.logback.encoder.LogstashEncoder());
        logback("EcsEncoder", "logback-ecs-encoder", "1.7.0", new co.elastic.logging.logback.EcsEncoder());
        logback("JsonEncoder", "logback-classic", "1.5.18", new ch.qos.logback.classic.encoder.JsonEncoder());
        logback("?.GelfEncoder", "logback-gelf", "6.1.1", new de.siegmar.logbackgelf.GelfEncoder());
        DefaultConfiguration plain = new DefaultConfiguration();
        log4j("JsonTemplateLayout", "log4j-layout-template-json", "2.25.2", JsonTemplateLayout.newBuilder().setConfiguration(plain).build());
        log4j("JsonLayout", "log4j-core", "2.25.2", JsonLayout.newBuilder().setConfiguration(plain).build());
        log4j("GelfLayout", "log4j-core", "2.25.2",
            GelfLayout.newBuilder().setConfiguration(plain).setCompressionType(GelfLayout.CompressionType.OFF).build());
        log4j("EcsLayout", "log4j2-ecs-layout", "1.7.0", co.elastic.logging.log4j2.EcsLayout.newBuilder().setConfiguration(plain).build());
        twice("io.opentelemetry.api.GlobalOpenTelemetry.set", () -> GlobalOpenTelemetry.set(OpenTelemetrySdk.builder().build()));
        twice("io.opentelemetry.sdk.OpenTelemetrySdkBuilder.buildAndRegisterGlobal", () -> OpenTelemetrySdk.builder().buildAndRegisterGlobal());
    }
}
