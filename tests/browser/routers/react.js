// A small app on React Router.
import { createElement as e } from "react";
import { createRoot } from "react-dom/client";
import { createBrowserRouter, Link, Navigate, RouterProvider, useNavigate } from "react-router";

function Start() {
  const navigate = useNavigate();
  return e(
    "main",
    null,
    e(Link, { to: "/lab/one", id: "one" }, "One"),
    e(Link, { to: "/lab/start?step=2", id: "query" }, "Query"),
    e(Link, { to: "/lab/moved", id: "moved" }, "Moved"),
    e(
      "button",
      { id: "go", type: "button", onClick: () => navigate("/lab/one", { replace: true }) },
      "Go",
    ),
  );
}

const router = createBrowserRouter([
  { path: "/lab/start", element: e(Start) },
  { path: "/lab/moved", element: e(Navigate, { to: "/lab/two", replace: true }) },
  { path: "/lab/*", element: e(Link, { to: "/lab/start", id: "home" }, "Home") },
]);
createRoot(document.querySelector("#app")).render(e(RouterProvider, { router }));
