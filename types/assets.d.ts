// What the bundler takes in beside JavaScript: pictures, as data URLs.
declare module "*.webp" {
  const url: string;
  export default url;
}
