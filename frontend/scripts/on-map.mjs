// Draws where a property is: the outlines of its areas, and a point. All of it is told in words on the page, which is what stays
// where this cannot run or a browser cannot draw. No tiles and no letters: nothing is asked of another host.
import { LngLatBounds, Map, NavigationControl, setWorkerUrl } from "./map/maplibre-gl.mjs";

const told = document.getElementById("on-map");
if (told) draw(told, JSON.parse(told.textContent));

function draw(told, data) {
  const { label, in: zoomIn, out: zoomOut } = told.dataset;
  const box = document.createElement("div");
  box.className = "office-map";
  told.after(box);
  setWorkerUrl(new URL("./map/maplibre-gl-worker.mjs", import.meta.url).href);
  let map;
  try {
    map = new Map({
      container: box, style: style(data), bounds: bounds(data), fitBoundsOptions: { padding: 24, maxZoom: 16 },
      attributionControl: false, dragRotate: false, pitchWithRotate: false, touchPitch: false, cooperativeGestures: false,
      scrollZoom: false, fadeDuration: 0,
      locale: { "Map.Title": label, "NavigationControl.ZoomIn": zoomIn, "NavigationControl.ZoomOut": zoomOut },
    });
  } catch {
    box.remove(); // no WebGL: the words stand
    return;
  }
  map.addControl(new NavigationControl({ showCompass: false }));
  map.keyboard.disableRotation();
  map.touchZoomRotate.disableRotation();
  map.once("idle", () => { box.dataset.drawn = "yes"; });
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

// The smallest area, which comes last of them; else around the point.
function bounds(data) {
  const areas = data.features.filter((one) => one.properties.what === "area");
  const found = new LngLatBounds();
  const around = areas.length ? areas.at(-1).geometry.coordinates : [data.features.at(-1).geometry.coordinates];
  for (const place of around.flat(Infinity).reduce(pairs, [])) found.extend(place);
  return found;
}

function pairs(found, number, at) {
  if (at % 2) found.at(-1).push(number);
  else found.push([number]);
  return found;
}
