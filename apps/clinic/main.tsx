import { render } from "preact";
import "#apps/kit/kit.css";
import "./clinic.css";
import "./frame/frame.css";
import "./keeping.css";
import { App } from "./app.tsx";

const root = document.getElementById("app");
if (root) render(<App />, root);
