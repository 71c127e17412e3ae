;; The same functions on a warm JVM: the median of 30 calls after 20. Prints JSON.
(require '[clojure.string :as str])

(def functions
  (into {} (map (juxt :id (comp eval second :code))) (:functions (read-string (slurp (first *command-line-args*))))))

(defn text-sum [s] (reduce (fn [sum ^Byte b] (+ sum (bit-and b 0xff))) 0 (.getBytes ^String s "UTF-8")))

(defn measure [id]
  (let [input ((functions (keyword (str (name id) "-input"))) nil)
        f (functions id)
        call (fn [] (let [begun (System/nanoTime) result (f input)] [(- (System/nanoTime) begun) result]))
        _ (dotimes [_ 20] (call))
        times (sort (mapv first (repeatedly 30 call)))
        text (pr-str (f input))]
    (format "\"%s\":{\"ms\":%.4f,\"bytes\":%d,\"sum\":%d}" (name id) (/ (nth times 15) 1e6) (count (.getBytes text "UTF-8")) (text-sum text))))

(println (str "{" (str/join "," (map measure [:aggregate :normalise :nested :sum :build :lines :sort :destructure])) "}"))
