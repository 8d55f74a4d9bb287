// Runs one of the models with ONNX Runtime on a batch of zeros, as a service would on its own features.
//
//	predict MODEL.onnx LIBONNXRUNTIME.so
//
// Build line and prerequisites: ../README.md.
package main

import (
	"fmt"
	"log"
	"os"

	ort "github.com/yalue/onnxruntime_go"
)

func main() {
	if len(os.Args) != 3 {
		log.Fatal("usage: predict MODEL.onnx LIBONNXRUNTIME.so")
	}
	path, library := os.Args[1], os.Args[2]
	ort.SetSharedLibraryPath(library)
	if err := ort.InitializeEnvironment(); err != nil {
		log.Fatalf("cannot start ONNX Runtime from %s: %v", library, err)
	}
	defer ort.DestroyEnvironment()

	metadata, err := ort.GetModelMetadata(path)
	if err != nil {
		log.Fatalf("cannot read %s: %v", path, err)
	}
	defer metadata.Destroy()
	for _, key := range []string{"model", "feature_names", "feature_units", "window_length", "output_unit", "targets_reached"} {
		value, _, err := metadata.LookupCustomMetadataMap(key)
		if err != nil {
			log.Fatalf("%s has no metadata %q: %v", path, key, err)
		}
		fmt.Printf("%s: %s\n", key, value)
	}

	inputs, outputs, err := ort.GetInputOutputInfo(path)
	if err != nil {
		log.Fatalf("cannot read the inputs of %s: %v", path, err)
	}
	// The batch axis is dynamic (−1 here); all others are fixed.
	const batch = 4
	sized := func(shape ort.Shape) ort.Shape {
		copied := shape.Clone()
		copied[0] = batch
		return copied
	}
	input, err := ort.NewEmptyTensor[float32](sized(inputs[0].Dimensions))
	if err != nil {
		log.Fatal(err)
	}
	defer input.Destroy()
	// Fill input.GetData() with unscaled features here: [batch, time, feature] or [batch, feature], row by row.
	output, err := ort.NewEmptyTensor[float32](sized(outputs[0].Dimensions))
	if err != nil {
		log.Fatal(err)
	}
	defer output.Destroy()

	session, err := ort.NewAdvancedSession(
		path, []string{"input"}, []string{"output"}, []ort.Value{input}, []ort.Value{output}, nil)
	if err != nil {
		log.Fatalf("cannot load %s: %v", path, err)
	}
	defer session.Destroy()
	if err := session.Run(); err != nil {
		log.Fatalf("cannot run %s: %v", path, err)
	}
	fmt.Printf("output %v: %v …\n", output.GetShape(), output.GetData()[:min(5, len(output.GetData()))])
}
