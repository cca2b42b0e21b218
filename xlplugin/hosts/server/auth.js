globalThis.getAuth = async function () {
  const given = new URLSearchParams(window.location.search).get("token");
  if (given) {
    sessionStorage.setItem("xlplugin-token", given);
  }
  return { token: sessionStorage.getItem("xlplugin-token") || "", provider: "xlplugin" };
};
