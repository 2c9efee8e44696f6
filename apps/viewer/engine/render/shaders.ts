// The two shaders. Samples stay whole numbers in the texture; the table turns a stored value into grey here, so
// that a new window is a new table and never a new picture. A value that falls on a sample comes out of the
// table exactly. Between samples the greys are mixed, which keeps edges smooth; where a screen pixel covers several
// samples their values are, so that detail of low contrast outlives the window.

export const vertexShader = `#version 300 es
void main() {
  vec2 corner = vec2(gl_VertexID == 1 ? 3.0 : -1.0, gl_VertexID == 2 ? 3.0 : -1.0);
  gl_Position = vec4(corner, 0.0, 1.0);
}`;

const precision = `#version 300 es
precision highp float;
precision highp int;
precision highp usampler2DArray;
precision highp usampler2D;
precision highp sampler2D;`;

// Where a screen pixel lies in the picture, and what is stored there.
const reading = `
uniform usampler2DArray samples;
uniform ivec2 size;
uniform ivec2 tile;
uniform int tileColumns;
uniform int signBit;
uniform float canvasHeight;
uniform mat2 linear;
uniform vec2 shift;
uniform float lowest;
uniform vec2 highest;
uniform vec2 footprint;

uvec4 texel(ivec2 at) {
  ivec2 inner = clamp(at, ivec2(0), size - 1);
  if (tileColumns == 0) return texelFetch(samples, ivec3(inner, 0), 0);
  ivec2 place = inner / tile;
  return texelFetch(samples, ivec3(inner - place * tile, place.y * tileColumns + place.x), 0);
}

vec3 value(ivec2 at) {
  uvec4 raw = texel(at);
  if (channels != 1) return vec3(raw.rgb);
  int stored = int(raw.r) & mask;
  return vec3(float(stored >= signBit ? stored - mask - 1 : stored));
}

vec3 mean(vec2 at) {
  vec2 low = max(at - footprint * 0.5, vec2(0.0));
  vec2 high = min(at + footprint * 0.5, vec2(size));
  ivec2 first = ivec2(floor(low));
  ivec2 last = min(ivec2(ceil(high)) - 1, first + 15);
  vec3 sum = vec3(0.0);
  float weights = 0.0;
  for (int y = first.y; y <= last.y; y++) {
    float tall = min(high.y, float(y + 1)) - max(low.y, float(y));
    for (int x = first.x; x <= last.x; x++) {
      float weight = tall * (min(high.x, float(x + 1)) - max(low.x, float(x)));
      sum += weight * value(ivec2(x, y));
      weights += weight;
    }
  }
  return sum / max(weights, 1e-6);
}

vec2 here() {
  vec2 pixel = vec2(gl_FragCoord.x, canvasHeight - gl_FragCoord.y);
  return linear * pixel + shift;
}

bool outside(vec2 at) {
  return at.x < lowest || at.y < lowest || at.x >= highest.x || at.y >= highest.y;
}`;

// What both ways of reading and both ways of shading ask.
const meaning = `
uniform int channels;
uniform int mask;`;

const shading = `
uniform sampler2D table;
out vec4 colour;

float entry(int index) {
  int place = index & mask;
  return texelFetch(table, ivec2(place & 255, place >> 8), 0).r;
}

float between(float stored) {
  float low = floor(stored);
  float first = entry(int(low));
  float part = stored - low;
  return part > 0.0 ? mix(first, entry(int(low) + 1), part) : first;
}

vec3 shade(vec3 stored) {
  if (channels == 4) return stored / 255.0;
  if (channels == 3) return vec3(between(stored.r), between(stored.g), between(stored.b));
  return vec3(between(stored.r));
}`;

/** Filters: 0 nearest, 1 linear, 2 box (the mean over what a screen pixel covers). */
export const fragmentShader = `${precision}${meaning}${reading}${shading}
uniform int filterKind;

vec3 mixed(vec2 at) {
  vec2 centre = at - 0.5;
  vec2 low = floor(centre);
  vec2 part = centre - low;
  ivec2 p = ivec2(low);
  vec3 upper = mix(shade(value(p)), shade(value(p + ivec2(1, 0))), part.x);
  vec3 lower = mix(shade(value(p + ivec2(0, 1))), shade(value(p + ivec2(1, 1))), part.x);
  return mix(upper, lower, part.y);
}

void main() {
  vec2 at = here();
  colour = vec4(0.0, 0.0, 0.0, 1.0);
  if (outside(at)) return;
  if (filterKind == 1) colour.rgb = mixed(at);
  else colour.rgb = shade(filterKind == 0 ? value(ivec2(floor(at))) : mean(at));
}`;

// Reading the samples of a screen pixel is the dear part, and a new window does not change it: what is read is kept, as
// a whole number of 1/256 steps above the least value (grey), or as three bytes (colour).

/** Writes what the nearest (0) or the box filter (2) reads, for {@link meanShadingShader}. */
export const meanShader = `${precision}${meaning}${reading}
uniform int filterKind;
out uint kept;

void main() {
  vec2 at = here();
  kept = 0xffffffffu;
  if (outside(at)) return;
  vec3 found = filterKind == 0 ? value(ivec2(floor(at))) : mean(at);
  if (channels == 1) kept = uint((found.r - float(signBit > mask ? 0 : -signBit)) * 256.0 + 0.5);
  else kept = (uint(found.r + 0.5) << 16) | (uint(found.g + 0.5) << 8) | uint(found.b + 0.5);
}`;

/** Shades kept means. */
export const meanShadingShader = `${precision}${meaning}${shading}
uniform usampler2D means;
uniform float least;

void main() {
  uint kept = texelFetch(means, ivec2(gl_FragCoord.xy), 0).r;
  colour = vec4(0.0, 0.0, 0.0, 1.0);
  if (kept == 0xffffffffu) return;
  if (channels == 1) colour.rgb = shade(vec3(float(kept) / 256.0 + least));
  else colour.rgb = shade(vec3(uvec3(kept >> 16, kept >> 8, kept) & 255u));
}`;
