;; The same call on a cold JVM; the input is JSON whose only punctuation Clojure's reader takes as well.
(let [[flow input] *command-line-args*
      text (slurp input)
      numbers (read-string (subs text (.indexOf ^String text "[") (dec (count text))))
      f (-> flow slurp read-string :functions first :code second eval)]
  (println (pr-str (f {:numbers numbers}))))
