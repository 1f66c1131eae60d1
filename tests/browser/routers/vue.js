// A small app on Vue Router.
import { createApp, h } from "vue";
import { createRouter, createWebHistory, RouterLink, RouterView } from "vue-router";

const link = (to, id) => h(RouterLink, { to, id }, () => id);
const Start = {
  render: () =>
    h("main", [
      link("/lab/one", "one"),
      link("/lab/start?step=2", "query"),
      link("/lab/moved", "moved"),
      h("button", { id: "go", onClick: () => router.replace("/lab/one") }, "Go"),
    ]),
};
const Other = { render: () => h(RouterLink, { to: "/lab/start", id: "home" }, () => "Home") };

const router = createRouter({
  history: createWebHistory(),
  routes: [
    { path: "/lab/start", component: Start },
    { path: "/lab/moved", redirect: "/lab/two" },
    { path: "/lab/:rest(.*)", component: Other },
  ],
});
createApp({ render: () => h(RouterView) })
  .use(router)
  .mount("#app");
