import { render } from "preact";
import "#apps/kit/kit.css";
import "./site.css";
import { App } from "./app.tsx";

const root = document.getElementById("app");
if (root) render(<App />, root);
