// Prints the fields that the configuration structs of an older release have, read from its source:
// of a release that is not built any more. The shape is that of collector_fields.go.
//
//	go run collector_past.go IMPORT=FOLDER... > 0.100.json
//
// FOLDER is a checkout (or an unpacked module) of the packages whose paths begin with IMPORT.
package main

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strconv"
	"strings"
)

type typ struct {
	Fields map[string]string `json:"fields"`
	Remain bool              `json:"remain,omitempty"`
	// What a reader of its own speaks of.
	Words []string `json:"words,omitempty"`
}

type declared struct {
	path    string
	expr    ast.Expr
	imports map[string]string
}

var (
	all    = map[string]*declared{}
	custom = map[string][]string{}
	texts  = map[string]bool{}
	out    = map[string]*typ{}
	word   = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)
)

func load(prefix, root string) {
	_ = filepath.WalkDir(root, func(file string, entry fs.DirEntry, err error) error {
		if err != nil {
			return nil
		}
		if entry.IsDir() && (entry.Name() == "testdata" || entry.Name() == "vendor") {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") {
			return nil
		}
		tree, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			return nil
		}
		folder, _ := filepath.Rel(root, filepath.Dir(file))
		read(tree, strings.TrimSuffix(prefix+"/"+filepath.ToSlash(folder), "/."))
		return nil
	})
}

func read(tree *ast.File, path string) {
	imports := map[string]string{}
	for _, spec := range tree.Imports {
		target, _ := strconv.Unquote(spec.Path.Value)
		name := target[strings.LastIndex(target, "/")+1:]
		if spec.Name != nil {
			name = spec.Name.Name
		}
		imports[name] = target
	}
	for _, decl := range tree.Decls {
		switch decl := decl.(type) {
		case *ast.GenDecl:
			for _, spec := range decl.Specs {
				if spec, ok := spec.(*ast.TypeSpec); ok {
					all[path+"."+spec.Name.Name] = &declared{path, spec.Type, imports}
				}
			}
		case *ast.FuncDecl:
			method(decl, path)
		}
	}
}

func method(decl *ast.FuncDecl, path string) {
	if decl.Recv == nil || len(decl.Recv.List) == 0 {
		return
	}
	name := receiver(decl.Recv.List[0].Type)
	switch decl.Name.Name {
	case "UnmarshalText":
		texts[path+"."+name] = true
	case "Unmarshal":
		words := []string{}
		ast.Inspect(decl, func(node ast.Node) bool {
			if lit, ok := node.(*ast.BasicLit); ok && lit.Kind == token.STRING {
				text, _ := strconv.Unquote(lit.Value)
				// Of a path the first key stands here.
				if key, _, _ := strings.Cut(text, "::"); word.MatchString(key) {
					words = append(words, key)
				}
			}
			return true
		})
		custom[path+"."+name] = words
	}
}

func receiver(expr ast.Expr) string {
	switch expr := expr.(type) {
	case *ast.StarExpr:
		return receiver(expr.X)
	case *ast.IndexExpr:
		return receiver(expr.X)
	case *ast.Ident:
		return expr.Name
	}
	return ""
}

// of names a type as collector_fields.go does; what is not in the folders is any.
func of(expr ast.Expr, in *declared, depth int) string {
	if depth > 20 {
		return "any"
	}
	switch expr := expr.(type) {
	case *ast.StarExpr:
		return of(expr.X, in, depth+1)
	case *ast.ParenExpr:
		return of(expr.X, in, depth+1)
	case *ast.IndexExpr:
		// Optional settings are what they hold.
		return of(expr.Index, in, depth+1)
	case *ast.ArrayType:
		return "list(" + of(expr.Elt, in, depth+1) + ")"
	case *ast.MapType:
		return "map(string: " + of(expr.Value, in, depth+1) + ")"
	case *ast.Ident:
		switch expr.Name {
		case "string", "bool", "int", "int8", "int16", "int32", "int64", "uint", "uint8", "uint16", "uint32",
			"uint64", "float32", "float64", "byte", "rune":
			return "scalar"
		case "any", "error":
			return "any"
		}
		return named(in.path+"."+expr.Name, depth)
	case *ast.SelectorExpr:
		if pkg, ok := expr.X.(*ast.Ident); ok {
			target := in.imports[pkg.Name]
			if target == "time" {
				return "scalar"
			}
			return named(target+"."+expr.Sel.Name, depth)
		}
	}
	return "any"
}

func named(path string, depth int) string {
	found, ok := all[path]
	if !ok {
		return "any"
	}
	if strings.HasSuffix(path, "configopaque.String") || texts[path] {
		return "scalar"
	}
	if _, ok := found.expr.(*ast.StructType); ok {
		fill(path, found)
		return path
	}
	if _, ok := custom[path]; ok {
		return "any"
	}
	return of(found.expr, found, depth+1)
}

func fill(path string, found *declared) *typ {
	if done, ok := out[path]; ok {
		return done
	}
	into := &typ{Fields: map[string]string{}, Words: custom[path]}
	out[path] = into
	fields(into, found.expr.(*ast.StructType), found)
	return into
}

func fields(into *typ, body *ast.StructType, in *declared) {
	for _, field := range body.Fields.List {
		tag := ""
		if field.Tag != nil {
			text, _ := strconv.Unquote(field.Tag.Value)
			tag = reflect.StructTag(text).Get("mapstructure")
		}
		parts := strings.Split(tag, ",")
		options := strings.Join(parts[1:], ",")
		switch {
		case strings.Contains(options, "remain"):
			into.Remain = true
		case strings.Contains(options, "squash"):
			squash(into, of(field.Type, in, 0))
		case parts[0] == "-":
		case parts[0] != "":
			into.Fields[parts[0]] = of(field.Type, in, 0)
		default:
			for _, name := range field.Names {
				if name.IsExported() {
					into.Fields[name.Name] = of(field.Type, in, 0)
				}
			}
		}
	}
}

func squash(into *typ, path string) {
	inner, ok := out[path]
	if !ok {
		into.Remain = true
		return
	}
	for name, kind := range inner.Fields {
		into.Fields[name] = kind
	}
	into.Words = append(into.Words, inner.Words...)
	into.Remain = into.Remain || inner.Remain
}

func isRoot(path string) bool {
	return strings.HasSuffix(path, "Config") || strings.HasSuffix(path, "otelcol.configSettings")
}

func main() {
	for _, pair := range os.Args[1:] {
		prefix, root, _ := strings.Cut(pair, "=")
		load(prefix, root)
	}
	for path, found := range all {
		if _, ok := found.expr.(*ast.StructType); ok && isRoot(path) {
			fill(path, found)
		} else if isRoot(path) {
			// An alias of a struct elsewhere.
			if target := named(path, 0); out[target] != nil {
				out[path] = out[target]
			}
		}
	}
	_ = json.NewEncoder(os.Stdout).Encode(map[string]any{"types": out})
}
