package demo

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"math"
)

// Pictures are this large, in pixels.
const width, height = 640, 360

// drawPictures paints the city's photographs: a few views of a bay, each in its own light.
func drawPictures() [][]byte {
	lights := [][4]color.RGBA{ // sky above, sky at the horizon, sun, hills
		{{0x5b, 0x9b, 0xd5, 255}, {0xd9, 0xec, 0xf7, 255}, {0xff, 0xf4, 0xc2, 255}, {0x2f, 0x5d, 0x50, 255}},
		{{0x3c, 0x2a, 0x63, 255}, {0xf2, 0x9e, 0x6d, 255}, {0xff, 0xe0, 0xa3, 255}, {0x2b, 0x20, 0x44, 255}},
		{{0x1f, 0x6f, 0x8b, 255}, {0xe3, 0xf1, 0xd4, 255}, {0xff, 0xff, 0xe8, 255}, {0x1d, 0x4e, 0x5f, 255}},
		{{0x93, 0xa5, 0xb1, 255}, {0xee, 0xec, 0xe4, 255}, {0xfa, 0xfa, 0xf2, 255}, {0x4a, 0x5a, 0x5e, 255}},
		{{0xd9, 0x6c, 0x5f, 255}, {0xfb, 0xd9, 0xa5, 255}, {0xff, 0xf0, 0xd0, 255}, {0x5a, 0x2e, 0x3d, 255}},
		{{0x0f, 0x2a, 0x4a, 255}, {0x5f, 0x86, 0xa8, 255}, {0xe8, 0xee, 0xf2, 255}, {0x0b, 0x1d, 0x30, 255}},
	}
	var all [][]byte
	coder := png.Encoder{CompressionLevel: png.BestSpeed}
	for i, light := range lights {
		var b bytes.Buffer
		if err := coder.Encode(&b, drawBay(i, light)); err != nil {
			panic(err) // a buffer takes everything
		}
		all = append(all, b.Bytes())
	}
	return all
}

// shore is the height at which the water begins.
const shore = height * 0.78

// drawBay paints sky, sun, three ridges of hills and the water before them.
func drawBay(n int, light [4]color.RGBA) image.Image {
	img := image.NewRGBA(image.Rect(0, 0, width, height))
	for x := range width {
		var crests [3]float64
		for ridge := range crests {
			crests[ridge] = crest(n, float64(ridge+1), float64(x))
		}
		for y := range height {
			img.SetRGBA(x, y, pixel(n, float64(x), float64(y), crests, light))
		}
	}
	return img
}

func pixel(n int, x, y float64, crests [3]float64, light [4]color.RGBA) color.RGBA {
	above, horizon, sun, hills := light[0], light[1], light[2], light[3]
	if y > shore { // the sky upside down, in ripples four pixels high
		ripple := 0.12 * math.Sin(math.Floor(y/4)*1.7+math.Floor(x/48))
		return mix(mix(horizon, above, math.Floor((y-shore)/4)*4/(height-shore)), hills, 0.25+ripple)
	}
	for ridge, top := range crests {
		if y > top {
			return mix(hills, horizon, 0.22*float64(ridge))
		}
	}
	if math.Hypot(x-float64(120+n*83%400), y-float64(90+n*37%60)) < 26 {
		return sun
	}
	return mix(above, horizon, math.Floor(y/shore*24)/24)
}

// crest is the height of a ridge of hills at x; ridge 1 is the foremost.
func crest(n int, ridge, x float64) float64 {
	return shore - ridge*26 - 22*math.Sin(x/(60+20*ridge)+float64(n)*1.3+ridge) - 9*math.Sin(x/23+ridge*2)
}

// mix blends b into a; share runs from 0 to 1.
func mix(a, b color.RGBA, share float64) color.RGBA {
	share = min(1, max(0, share))
	blend := func(p, q uint8) uint8 { return uint8(float64(p) + (float64(q)-float64(p))*share) }
	return color.RGBA{blend(a.R, b.R), blend(a.G, b.G), blend(a.B, b.B), 255}
}
