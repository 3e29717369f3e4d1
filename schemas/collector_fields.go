package main

import (
	"encoding"
	"encoding/json"
	"os"
	"reflect"
	"strings"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/confmap"
)

type field struct {
	Type string `json:"type"`
}
type typ struct {
	Fields      map[string]string `json:"fields"`
	Unmarshaler bool              `json:"unmarshaler,omitempty"`
	Scalar      bool              `json:"scalar,omitempty"`
	Remain      bool              `json:"remain,omitempty"`
}

var types = map[string]*typ{}
var textU = reflect.TypeFor[encoding.TextUnmarshaler]()
var confU = reflect.TypeFor[confmap.Unmarshaler]()

func name(t reflect.Type) string {
	p := t.PkgPath()
	return p + "." + t.Name()
}

func of(t reflect.Type) string {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t == reflect.TypeFor[time.Duration]() {
		return "duration"
	}
	pt := reflect.PointerTo(t)
	if strings.HasSuffix(t.PkgPath(), "configopaque") && t.Kind() == reflect.String {
		return "secret"
	}
	if strings.Contains(t.PkgPath(), "configoptional") {
		f, ok := t.FieldByName("value")
		if ok {
			return "optional(" + of(f.Type) + ")"
		}
	}
	if pt.Implements(textU) {
		return "text<" + name(t) + ">"
	}
	switch t.Kind() {
	case reflect.String:
		if t.PkgPath() != "" {
			return "string<" + name(t) + ">"
		}
		return "string"
	case reflect.Bool:
		return "bool"
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return "int"
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return "uint"
	case reflect.Float32, reflect.Float64:
		return "float"
	case reflect.Slice, reflect.Array:
		if pt.Implements(confU) {
			return "custom<" + name(t) + ">list(" + of(t.Elem()) + ")"
		}
		return "list(" + of(t.Elem()) + ")"
	case reflect.Map:
		if pt.Implements(confU) {
			return "custom<" + name(t) + ">map(" + of(t.Key()) + ": " + of(t.Elem()) + ")"
		}
		return "map(" + of(t.Key()) + ": " + of(t.Elem()) + ")"
	case reflect.Interface:
		return "any"
	case reflect.Struct:
		n := name(t)
		if _, ok := types[n]; !ok {
			x := &typ{Fields: map[string]string{}, Unmarshaler: pt.Implements(confU)}
			types[n] = x
			fill(x, t)
		}
		return n
	}
	return "any"
}

func fill(x *typ, t reflect.Type) {
	for i := 0; i < t.NumField(); i++ {
		f := t.Field(i)
		tag := f.Tag.Get("mapstructure")
		parts := strings.Split(tag, ",")
		squash := false
		remain := false
		for _, p := range parts[1:] {
			if p == "squash" {
				squash = true
			}
			if p == "remain" {
				remain = true
			}
		}
		if remain {
			x.Remain = true
			continue
		}
		if squash {
			ft := f.Type
			for ft.Kind() == reflect.Pointer {
				ft = ft.Elem()
			}
			if strings.Contains(ft.PkgPath(), "configoptional") {
				v, _ := ft.FieldByName("value")
				ft = v.Type
			}
			if ft.Kind() == reflect.Struct {
				if reflect.PointerTo(ft).Implements(confU) {
					x.Fields["<squashed "+name(ft)+">"] = of(ft)
				}
				fill(x, ft)
			}
			continue
		}
		if !f.IsExported() || parts[0] == "-" {
			continue
		}
		n := parts[0]
		if n == "" {
			n = f.Name
		}
		x.Fields[n] = of(f.Type)
	}
}

func init() {
	if len(os.Args) < 2 || os.Args[1] != "fields" {
		return
	}
	fs, err := components()
	if err != nil {
		panic(err)
	}
	roots := map[string]string{}
	defaults := map[string]any{}
	add := func(section string, t component.Type, cfg component.Config) {
		roots[section+" "+t.String()] = of(reflect.TypeOf(cfg))
		c := confmap.New()
		if err := c.Marshal(cfg); err == nil {
			defaults[section+" "+t.String()] = c.ToStringMap()
		}
	}
	for t, f := range fs.Receivers {
		add("receivers", t, f.CreateDefaultConfig())
	}
	for t, f := range fs.Exporters {
		add("exporters", t, f.CreateDefaultConfig())
	}
	for t, f := range fs.Processors {
		add("processors", t, f.CreateDefaultConfig())
	}
	for t, f := range fs.Connectors {
		add("connectors", t, f.CreateDefaultConfig())
	}
	for t, f := range fs.Extensions {
		add("extensions", t, f.CreateDefaultConfig())
	}
	roots["service telemetry"] = of(reflect.TypeOf(fs.Telemetry.CreateDefaultConfig()))
	enc := json.NewEncoder(os.Stdout)
	enc.SetIndent("", " ")
	_ = enc.Encode(map[string]any{"roots": roots, "types": types, "defaults": defaults})
	os.Exit(0)
}
