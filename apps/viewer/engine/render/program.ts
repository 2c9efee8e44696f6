// Compiling and linking, with the compiler's words when it refuses.

export type Program = {
  readonly program: WebGLProgram;
  /** The place of a uniform; a name that the shader does not have is a fault. */
  readonly at: (name: string) => WebGLUniformLocation;
};

function compiled(gl: WebGL2RenderingContext, kind: number, source: string): WebGLShader {
  const shader = gl.createShader(kind);
  if (!shader) throw new Error("the context is lost");
  gl.shaderSource(shader, source);
  gl.compileShader(shader);
  return shader;
}

/** Links a program. Throws when the driver refuses it or the context is lost. */
export function linked(gl: WebGL2RenderingContext, vertex: string, fragment: string): Program {
  const program = gl.createProgram();
  const shaders = [compiled(gl, gl.VERTEX_SHADER, vertex), compiled(gl, gl.FRAGMENT_SHADER, fragment)];
  for (const shader of shaders) gl.attachShader(program, shader);
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS)) {
    const words = shaders.map((shader) => gl.getShaderInfoLog(shader) ?? "").join(" ");
    throw new Error(`the shaders were refused: ${words} ${gl.getProgramInfoLog(program) ?? ""}`);
  }
  const places = new Map<string, WebGLUniformLocation>();
  const at = (name: string): WebGLUniformLocation => {
    const place = places.get(name) ?? gl.getUniformLocation(program, name);
    if (!place) throw new Error(`the shader has no ${name}`);
    places.set(name, place);
    return place;
  };
  return { program, at };
}
