// Draws where a property is: the outlines of its areas, and a point. All of it is told in words on the page, which is what stays
// where this cannot run or a browser cannot draw. No tiles and no letters: nothing is asked of another host.
import { LngLatBounds, Map, NavigationControl, setWorkerUrl } from "./map/maplibre-gl.mjs";

const told = document.getElementById("on-map");
if (told) draw(told, JSON.parse(told.textContent));

function draw(told, data) {
  const { label, legend, in: zoomIn, out: zoomOut } = told.dataset;
  const box = document.createElement("div");
  box.className = "office-map";
  const below = document.createElement("p");
  below.className = "govuk-body-s office-map-legend";
  below.textContent = legend;
  told.after(box, below);
  const away = () => { box.remove(); below.remove(); };
  setWorkerUrl(new URL("./map/maplibre-gl-worker.mjs", import.meta.url).href);
  let map;
  try {
    map = new Map({
      container: box, style: style(data), bounds: bounds(data), fitBoundsOptions: { padding: 24, maxZoom: 16 },
      attributionControl: false, dragRotate: false, pitchWithRotate: false, touchPitch: false, scrollZoom: false, fadeDuration: 0,
      // Where fingers scroll, one of them goes on scrolling the page; two move the map.
      dragPan: !matchMedia("(pointer: coarse)").matches,
      locale: { "Map.Title": label, "NavigationControl.ZoomIn": zoomIn, "NavigationControl.ZoomOut": zoomOut },
    });
  } catch {
    away(); // no WebGL: the words stand
    return;
  }
  map.addControl(new NavigationControl({ showCompass: false }));
  map.keyboard.disableRotation();
  map.touchZoomRotate.disableRotation();
  const failed = () => { map.remove(); away(); };
  map.once("error", failed); // a worker that did not come, or an outline that is none: no empty box is left
  map.once("idle", () => { map.off("error", failed); box.dataset.drawn = "yes"; });
}

function style(data) {
  const of = (what) => ["==", ["get", "what"], what];
  const areas = { source: "where", filter: of("area") };
  return {
    version: 8,
    sources: { where: { type: "geojson", data } },
    layers: [
      { id: "ground", type: "background", paint: { "background-color": "#f4f8fb" } },
      { id: "areas", type: "fill", ...areas, paint: { "fill-color": "#1d70b8", "fill-opacity": 0.1 } },
      { id: "edges", type: "line", ...areas, paint: { "line-color": "#1d5b79", "line-width": 2 } },
      {
        id: "point", type: "circle", source: "where", filter: of("point"),
        paint: { "circle-radius": 8, "circle-color": "#d4351c", "circle-stroke-color": "#ffffff", "circle-stroke-width": 3 },
      },
    ],
  };
}

// The two smallest areas, which come last of them, and the point, which comes last of all.
function bounds(data) {
  const areas = data.features.filter((one) => one.properties.what === "area");
  const points = data.features.filter((one) => one.properties.what === "point");
  const found = new LngLatBounds();
  for (const one of [...areas.slice(-2), ...points]) extend(found, one.geometry.coordinates);
  return found;
}

function extend(found, coordinates) {
  if (typeof coordinates[0] === "number") found.extend([coordinates[0], coordinates[1]]);
  else for (const inner of coordinates) extend(found, inner);
}
